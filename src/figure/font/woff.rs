//! WOFF 1.0: a font whose tables are deflated one by one.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const HEADER: usize = 44;
const ENTRY: usize = 20;

/// A table of a TrueType file.
struct Table<'a> {
    tag: &'a [u8],
    checksum: &'a [u8],
    bytes: &'a [u8],
}

/// Packs a TrueType file, as our subsets are: tables in the order of their tags, each checksum right.
pub(super) fn pack(font: &[u8]) -> Vec<u8> {
    let tables = tables(font);
    let (mut directory, mut body) = (Vec::new(), Vec::new());
    let start = HEADER + ENTRY * tables.len();
    for table in &tables {
        let deflated = deflated(table.bytes);
        let packed = if deflated.len() < table.bytes.len() { &deflated } else { table.bytes };
        directory.extend(table.tag);
        for number in [start + body.len(), packed.len(), table.bytes.len()] {
            put(&mut directory, number);
        }
        directory.extend(table.checksum);
        body.extend(packed);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut out = header(font, &tables, start + body.len());
    out.extend(directory);
    out.extend(body);
    out
}

/// The header, without metadata or private data.
fn header(font: &[u8], tables: &[Table], size: usize) -> Vec<u8> {
    let unpacked: usize = tables.iter().map(|own| own.bytes.len().next_multiple_of(4)).sum();
    let mut out = b"wOFF".to_vec();
    out.extend(&font[..4]);
    put(&mut out, size);
    // The number of tables is the upper half of its field; the lower is reserved.
    put(&mut out, tables.len() << 16);
    put(&mut out, 12 + 16 * tables.len() + unpacked);
    // The file's own version: 1.0.
    put(&mut out, 1 << 16);
    out.resize(HEADER, 0);
    out
}

fn tables<'a>(font: &'a [u8]) -> Vec<Table<'a>> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let count = number(&font[4..6]);
    let table = |record: &'a [u8]| {
        let (offset, length) = (number(&record[8..12]), number(&record[12..]));
        Table { tag: &record[..4], checksum: &record[4..8], bytes: &font[offset..offset + length] }
    };
    font[12..].chunks_exact(16).take(count).map(table).collect()
}

fn put(out: &mut Vec<u8>, number: usize) {
    let number = u32::try_from(number).expect("a subset is far smaller than 4 GB");
    out.extend(number.to_be_bytes());
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).and_then(|()| out.finish()).expect("a vector takes all bytes")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::super::Weight;
    use super::*;

    fn at(bytes: &[u8], place: usize) -> usize {
        let number: [u8; 4] = bytes[place..place + 4].try_into().unwrap();
        u32::from_be_bytes(number) as usize
    }

    #[test]
    fn every_table_comes_back() {
        let font = Weight::Regular.file();
        let packed = pack(font);
        let tables = tables(font);
        assert_eq!(&packed[..8], b"wOFF\0\x01\0\0");
        assert_eq!((at(&packed, 8), at(&packed, 12) >> 16), (packed.len(), tables.len()));
        for (nth, table) in tables.iter().enumerate() {
            let entry = HEADER + ENTRY * nth;
            assert_eq!(&packed[entry..entry + 4], table.tag);
            let (offset, length) = (at(&packed, entry + 4), at(&packed, entry + 8));
            assert_eq!((offset % 4, at(&packed, entry + 12)), (0, table.bytes.len()));
            let own = &packed[offset..offset + length];
            let mut bytes = Vec::new();
            match length < table.bytes.len() {
                true => assert!(ZlibDecoder::new(own).read_to_end(&mut bytes).is_ok()),
                false => bytes.extend(own),
            }
            assert!(bytes == table.bytes, "{nth}");
        }
    }

    #[test]
    fn the_unpacked_size_is_that_of_the_font() {
        // The bundled file ends with its last table, so the sizes agree.
        let font = Weight::Bold.file();
        assert_eq!(at(&pack(font), 16), font.len());
    }
}
