//! Record headers.

/// The headers of one record: names and optional bytes, in order, duplicates included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub(crate) Vec<(String, Option<Vec<u8>>)>);

impl From<Vec<(String, Option<Vec<u8>>)>> for Headers {
    fn from(headers: Vec<(String, Option<Vec<u8>>)>) -> Self {
        Self(headers)
    }
}

impl Headers {
    /// The value of the last header with this name (Kafka's own `lastHeader` rule). `None` when there is none or its value is null.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().rev().find(|(candidate, _)| candidate == name).and_then(|(_, value)| value.as_deref())
    }

    /// Every header.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
