//! Text inside HTML and XML.

use std::borrow::Cow;

/// Text that means nothing to a reader of HTML or XML but itself.
pub(super) fn escaped(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => own.push_str("&amp;"),
            '<' => own.push_str("&lt;"),
            '>' => own.push_str("&gt;"),
            '"' => own.push_str("&quot;"),
            '\'' => own.push_str("&#39;"),
            c => own.push(c),
        }
    }
    own
}

/// The text with a sign for every character that XML does not have.
fn printable(text: &str) -> Cow<'_, str> {
    match text.contains(unknown) {
        true => Cow::Owned(text.replace(unknown, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

fn unknown(c: char) -> bool {
    let control = c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    control || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let text = "<script>alert(\"x & 'y'\")</script>";
        let words = "&lt;script&gt;alert(&quot;x &amp; &#39;y&#39;&quot;)&lt;/script&gt;";
        assert_eq!(escaped(text), words);
    }

    #[test]
    fn characters_that_xml_has_not_are_replaced() {
        assert_eq!(escaped("a\u{1}b\tc\u{1f}\u{ffff}é"), "a\u{fffd}b\tc\u{fffd}\u{fffd}é");
    }
}
