//! Numbers that look random and are the same for the same seed.

/// A source of choices: of a seed (`splitmix64`), or of the bytes that a fuzzer gives, then of a seed.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    bytes: Vec<u8>,
}

impl Random {
    /// Of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            bytes: Vec::new(),
        }
    }

    /// Of bytes, so that a fuzzer steers every choice.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            state: 0,
            bytes: bytes.iter().rev().copied().collect(),
        }
    }

    fn next(&mut self) -> u64 {
        if let Some(high) = self.bytes.pop() {
            let low = self.bytes.pop().unwrap_or_default();
            return u64::from(high) << 8 | u64::from(low);
        }
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.state;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    /// A number from 0 to below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
