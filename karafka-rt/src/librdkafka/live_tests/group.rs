//! The life of a member: join, start where it was told to, commit, pause, repair, share, leave.

use std::time::Duration;

use super::cluster::{Cluster, PATIENCE, at};
use super::member::{Member, PROTOCOLS, offsets};
use crate::librdkafka::{Code, CommitEntry, Destroyed, OffsetsAnswer, StartOffset, trim_memory};

/// Records in each of the four partitions at the beginning: 10,000 in all.
const PER_PARTITION: i64 = 2_500;

#[test]
fn a_member_starts_where_it_is_told_and_sees_every_record_once() {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let mut member = first_member(&cluster, protocol).0;
        let all = member.owned.clone();
        assert_eq!(member.client.group_protocol().as_deref(), Some("COOPERATIVE"));
        assert!(member.client.member_id().is_some());
        let starts = [StartOffset::Beginning, StartOffset::Offset(100), StartOffset::Offset(2_400), StartOffset::End];
        for (at, start) in all.iter().zip(starts) {
            member.add(at, start);
        }
        member.turn_until("three partitions are read to the end", |member| {
            member.records.values().map(Vec::len).sum::<usize>() == 2_500 + 2_400 + 100
        });
        cluster.produce(&all[3], 3);
        member.turn_until("the fourth partition gives what is new", |member| member.records[&all[3]].len() == 3);
        for (at, from) in all.iter().zip([0, 100, 2_400]) {
            assert_eq!(member.records[at], offsets(from, PER_PARTITION), "{at}");
        }
        assert_eq!(member.records[&all[3]], offsets(PER_PARTITION, PER_PARTITION + 3));
        assert_eq!((member.errors.len(), member.client.fatal_error()), (0, None));
        assert_eq!(member.leave().0, Destroyed::Closed);
    }
}

#[test]
fn a_commit_is_answered_and_can_be_read_back_with_its_metadata() {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let (mut member, group) = first_member(&cluster, protocol);
        let all = member.owned.clone();
        let ask = |member: &Member| member.offsets.ask_committed(7, &group, &all, PATIENCE).unwrap();

        ask(&member);
        let OffsetsAnswer::Committed { ticket: 7, error: None, entries } = member.offsets_answer() else { panic!() };
        assert!(entries.iter().all(|entry| entry.offset.is_none() && entry.error.is_none()), "{entries:?}");

        let metadata = [Some("ä中".to_owned()), None];
        let commit: Vec<_> = all
            .iter()
            .zip([10, 20])
            .zip(&metadata)
            .map(|((at, offset), metadata)| CommitEntry { at: at.clone(), offset, metadata: metadata.clone() })
            .collect();
        let ticket = member.client.commit(&commit).unwrap();
        let answer = member.commit_answer();
        assert_eq!((answer.ticket, answer.error), (ticket, None));
        assert_eq!(answer.entries, [(all[0].clone(), 10, None), (all[1].clone(), 20, None)]);

        ask(&member);
        let OffsetsAnswer::Committed { error: None, entries, .. } = member.offsets_answer() else { panic!() };
        assert_eq!((entries[0].offset, entries[0].metadata.as_deref()), (Some(10), Some("ä中".as_bytes())));
        assert_eq!(entries[1].offset, Some(20));
        assert_eq!((entries[2].offset, entries[2].error), (None, None));

        let too_large = CommitEntry { at: all[2].clone(), offset: 1, metadata: Some("x".repeat(4_097)) };
        member.client.commit(&[too_large]).unwrap();
        assert_eq!(member.commit_answer().error, Some(Code::OFFSET_METADATA_TOO_LARGE));
        assert_eq!(member.leave().0, Destroyed::Closed);
    }
}

#[test]
fn a_paused_partition_gives_nothing_and_goes_on_without_a_gap() {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let mut member = first_member(&cluster, protocol).0;
        let (paused, running) = (member.owned[0].clone(), member.owned[1].clone());
        member.add(&paused, StartOffset::End);
        member.add(&running, StartOffset::End);
        cluster.produce(&paused, 1);
        member.turn_until("the partition runs", |member| member.records.get(&paused).is_some_and(|got| got.len() == 1));

        member.client.pause(&paused).unwrap();
        cluster.produce(&paused, 50);
        cluster.produce(&running, 50);
        member.turn_until("the other partition goes on", |member| member.records[&running].len() == 50);
        assert_eq!(member.records[&paused].len(), 1);
        assert_eq!(member.queues[&paused].len(), 0);
        trim_memory();

        member.client.resume(&paused).unwrap();
        member.turn_until("the paused partition goes on", |member| member.records[&paused].len() == 51);
        assert_eq!(member.records[&paused], offsets(PER_PARTITION, PER_PARTITION + 51));
        assert_eq!(member.leave().0, Destroyed::Closed);
    }
}

#[test]
fn a_bad_start_is_an_error_on_the_queue_and_is_repaired_by_removing_and_adding() {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let mut member = first_member(&cluster, protocol).0;
        let bad = member.owned[2].clone();
        member.add(&bad, StartOffset::Offset(99_999));
        member.turn_until("the bad offset is reported", |member| !member.errors.is_empty());
        assert_eq!(member.errors, [(bad.clone(), Code::LOCAL_AUTO_OFFSET_RESET)]);
        assert!(member.records[&bad].is_empty());

        member.remove(&bad);
        member.add(&bad, StartOffset::Offset(2_000));
        member.turn_until("the repaired partition is read", |member| member.records[&bad].len() == 500);
        assert_eq!(member.records[&bad], offsets(2_000, PER_PARTITION));
        assert_eq!(member.leave().0, Destroyed::Closed);
    }
}

#[test]
fn a_second_member_gets_its_share_and_the_first_keeps_reading() {
    let Some(cluster) = Cluster::from_environment() else { return };
    for protocol in PROTOCOLS {
        let (mut first, group) = first_member(&cluster, protocol);
        let all = first.owned.clone();
        // One partition stays assigned but not added: revoking it names nothing.
        for at in &all[..3] {
            first.add(at, StartOffset::End);
        }
        let mut second = Member::join(&cluster, protocol, &group, &all[0].topic);
        first.turn_until("the partitions are shared", |first| {
            second.turn();
            first.owned.len() == 2 && second.owned.len() == 2
        });
        assert!(first.owned.iter().all(|at| !second.owned.contains(at)));
        assert_eq!(first.revocations.concat().len(), 2);

        let kept = first.owned.iter().find(|at| first.queues.contains_key(at)).unwrap().clone();
        cluster.produce(&kept, 5);
        first.turn_until("the first member goes on", |first| first.records[&kept].len() == 5);
        for at in second.owned.clone() {
            second.add(&at, StartOffset::Beginning);
        }
        second.turn_until("the second member reads its share", |second| {
            first.turn();
            second.records.values().all(|got| got.len() as i64 >= PER_PARTITION)
        });

        assert_eq!(second.leave().0, Destroyed::Closed);
        first.turn_until("everything comes back", |first| first.owned.len() == 4);
        let (destroyed, took) = first.leave();
        assert_eq!(destroyed, Destroyed::Closed);
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

/// A group of one member that owns all four partitions of a new topic and has added none; and the group's name.
fn first_member(cluster: &Cluster, protocol: &[(&str, &str)]) -> (Member, String) {
    let base = format!("{}-{}", protocol[0].1, std::thread::current().name().unwrap_or_default().replace(':', "-"));
    let topic = cluster.create_topic(&base, 4);
    for partition in 0..4 {
        cluster.produce(&at(&topic, partition), PER_PARTITION as usize);
    }
    let mut member = Member::join(cluster, protocol, &topic, &topic);
    member.turn_until("all partitions are assigned", |member| member.owned.len() == 4);
    member.owned.sort();
    (member, topic)
}
