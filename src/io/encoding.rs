//! Bytes to characters. Separators are ASCII in every encoding here, so that only values in use
//! are decoded, each once.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::options::Encoding;

/// Bytes that windows-1252 leaves without a character.
const UNDEFINED: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// What texts beyond ASCII look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Some are UTF-8, which other encodings are not by chance.
    utf8: bool,
    /// Some are not.
    other: bool,
}

impl Evidence {
    /// Takes one more text into account.
    pub(crate) fn add(&mut self, text: &[u8]) {
        if !text.is_ascii() {
            let is_utf8 = std::str::from_utf8(text).is_ok();
            *if is_utf8 { &mut self.utf8 } else { &mut self.other } = true;
        }
    }

    /// Both together.
    pub(crate) fn and(self, more: Self) -> Self {
        Self { utf8: self.utf8 || more.utf8, other: self.other || more.other }
    }

    /// The encoding, unless it is given. A file that is UTF-8 in one place and not in another is
    /// taken as UTF-8, so that what is not is found.
    pub(crate) fn encoding(self, given: Option<Encoding>) -> Encoding {
        given.unwrap_or(match self.other && !self.utf8 {
            true => Encoding::Windows1252,
            false => Encoding::Utf8,
        })
    }
}

impl Encoding {
    /// The characters of a text, if it is one.
    pub(crate) fn decode(self, text: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(text).ok().map(Cow::Borrowed),
            Self::Windows1252 => {
                let is_text = !text.iter().any(|byte| UNDEFINED.contains(byte));
                is_text.then(|| WINDOWS_1252.decode_without_bom_handling(text).0)
            }
        }
    }

    /// The bytes of a text, if the encoding has all of its characters.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Windows1252 => {
                let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(texts: &[&[u8]]) -> Encoding {
        let mut evidence = Evidence::default();
        texts.iter().for_each(|text| evidence.add(text));
        evidence.encoding(None)
    }

    #[test]
    fn what_is_not_utf8_anywhere_is_windows_1252() {
        assert_eq!(guess(&[b"a"]), Encoding::Utf8);
        assert_eq!(guess(&["é".as_bytes()]), Encoding::Utf8);
        assert_eq!(guess(&[b"caf\xe9", b"a"]), Encoding::Windows1252);
        assert_eq!(guess(&[b"caf\xe9", "é".as_bytes()]), Encoding::Utf8);
    }

    #[test]
    fn characters_of_windows_1252() {
        let text = "Größe €„“ž";
        let bytes = Encoding::Windows1252.encode(text).unwrap();
        assert_eq!(bytes.len(), text.chars().count());
        assert_eq!(Encoding::Windows1252.decode(&bytes).as_deref(), Some(text));
        assert_eq!(Encoding::Windows1252.decode(b"a\x81"), None);
        assert_eq!(Encoding::Windows1252.encode("Ω"), None);
        assert_eq!(Encoding::Utf8.decode(b"caf\xe9"), None);
    }
}
