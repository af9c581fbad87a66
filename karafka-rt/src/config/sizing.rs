//! What `auto` means for the number of nodes and of worker threads. Pure: the machine's cores are an argument.

use super::settings::Config;

impl Config {
    /// Nodes of the swarm: as configured, else the cores, but no more than the largest declared partition count.
    pub(crate) fn node_count(&self, cores: u32, largest_partition_count: Option<u32>) -> u32 {
        let cores = cores.max(1);
        self.swarm
            .nodes
            .unwrap_or_else(|| largest_partition_count.map_or(cores, |partitions| cores.min(partitions)).max(1))
    }

    /// Worker threads of one process among `nodes`: as configured, else its share of the cores, at least 2.
    pub(crate) fn concurrency(&self, cores: u32, nodes: u32) -> u32 {
        self.processing.concurrency.unwrap_or_else(|| cores.div_ceil(nodes.max(1)).max(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_follows_the_machine_and_a_number_follows_the_operator() {
        let mut config = Config::built_in("host");
        for (cores, partitions, nodes) in [(8, Some(6), 6), (4, Some(6), 4), (4, None, 4), (0, Some(0), 1)] {
            assert_eq!(config.node_count(cores, partitions), nodes, "{cores} cores, {partitions:?} partitions");
        }
        for (cores, nodes, workers) in [(8, 1, 8), (8, 3, 3), (2, 2, 2), (1, 0, 2)] {
            assert_eq!(config.concurrency(cores, nodes), workers, "{cores} cores, {nodes} nodes");
        }
        config.swarm.nodes = Some(7);
        config.processing.concurrency = Some(1);
        assert_eq!((config.node_count(2, Some(3)), config.concurrency(2, 1)), (7, 1));
    }
}
