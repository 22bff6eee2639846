//! As much CBOR as authenticators write (CTAP2 canonical form): definite lengths, no tags, no floats. CBOR 读取

use super::PasskeyFault;

/// A value. 值
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    /// `true`, `false` or `null`.
    Simple,
}

/// Maps in maps in maps: no authenticator needs more.
const DEPTH_MAX: u8 = 6;
/// Entries of one map or list.
const ENTRIES_MAX: u64 = 64;

/// Reads one value and says how many bytes it took.
pub(super) fn read(bytes: &[u8]) -> Result<(Value<'_>, usize), PasskeyFault> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(DEPTH_MAX)?;
    Ok((value, reader.at))
}

impl<'a> Value<'a> {
    /// What a map holds under an integer key.
    pub(super) fn at(&self, key: i64) -> Option<&Value<'a>> {
        self.find(&Value::Integer(key))
    }

    /// What a map holds under a text key.
    pub(super) fn named(&self, key: &str) -> Option<&Value<'a>> {
        self.find(&Value::Text(key))
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Value::Bytes(value) => Some(value),
            _ => None,
        }
    }

    fn find(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        match self {
            Value::Map(entries) => entries.iter().find(|(held, _)| held == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: u8) -> Result<Value<'a>, PasskeyFault> {
        let depth = depth.checked_sub(1).ok_or(PasskeyFault::Malformed)?;
        let first = *self.take(1)?.first().ok_or(PasskeyFault::Malformed)?;
        let (major, short) = (first >> 5, first & 31);
        if major == 7 {
            return match short {
                20..=22 => Ok(Value::Simple),
                _ => Err(PasskeyFault::Malformed),
            };
        }
        let argument = self.argument(short)?;
        match major {
            0 => integer(argument).map(Value::Integer),
            1 => integer(argument).map(|value| Value::Integer(-1 - value)),
            2 => self.bytes_of(argument).map(Value::Bytes),
            3 => {
                let text = std::str::from_utf8(self.bytes_of(argument)?).map_err(|_| PasskeyFault::Malformed)?;
                Ok(Value::Text(text))
            }
            4 => {
                let items = (0..entries(argument)?).map(|_| self.value(depth));
                items.collect::<Result<_, _>>().map(Value::List)
            }
            5 => {
                let mut map: Vec<(Value<'a>, Value<'a>)> = Vec::new();
                for _ in 0..entries(argument)? {
                    let key = self.value(depth)?;
                    // Two entries under one key mean two things to two readers.
                    if map.iter().any(|(held, _)| *held == key) {
                        return Err(PasskeyFault::Malformed);
                    }
                    map.push((key, self.value(depth)?));
                }
                Ok(Value::Map(map))
            }
            _ => Err(PasskeyFault::Malformed),
        }
    }

    /// The number that follows the first byte: a value or a length.
    fn argument(&mut self, short: u8) -> Result<u64, PasskeyFault> {
        let size = match short {
            0..=23 => return Ok(u64::from(short)),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return Err(PasskeyFault::Malformed),
        };
        let bytes = self.take(size)?;
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn bytes_of(&mut self, length: u64) -> Result<&'a [u8], PasskeyFault> {
        self.take(usize::try_from(length).map_err(|_| PasskeyFault::Malformed)?)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PasskeyFault> {
        let end = self.at.checked_add(count).ok_or(PasskeyFault::Malformed)?;
        let part = self.bytes.get(self.at..end).ok_or(PasskeyFault::Malformed)?;
        self.at = end;
        Ok(part)
    }
}

fn integer(argument: u64) -> Result<i64, PasskeyFault> {
    i64::try_from(argument).map_err(|_| PasskeyFault::Malformed)
}

fn entries(argument: u64) -> Result<u64, PasskeyFault> {
    if argument > ENTRIES_MAX {
        return Err(PasskeyFault::Malformed);
    }
    Ok(argument)
}
