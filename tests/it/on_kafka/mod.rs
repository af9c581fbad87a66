//! Tests on a real Apache Kafka. `karafka_tests::kafka` says where it is, and has faults and clusters of one's own.

mod admin;
mod connection;
mod examples;
mod faults;
mod killers;
mod producing;
mod provisioning;
mod quickstart;
mod records;
mod roll;
