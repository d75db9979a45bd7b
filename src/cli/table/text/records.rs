//! Lines of text as records of fields.

use std::borrow::Cow;

use anyhow::{Result, bail};

/// What stands between two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Byte(u8),
    /// Any number of blanks and tabs.
    Blanks,
}

impl Separator {
    /// As a sentence names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Separator::Byte(b',') => "commas",
            Separator::Byte(b';') => "semicolons",
            Separator::Byte(_) => "tabs",
            Separator::Blanks => "blanks",
        }
    }
}

/// Characters that begin a comment where a line begins with one.
const COMMENT: [char; 2] = ['#', '%'];
/// Lines that the separator is looked for in.
const SAMPLE: usize = 100;

/// Text, and how it is divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout<'t> {
    text: &'t str,
    separator: Separator,
    comments: bool,
}

impl<'t> Layout<'t> {
    /// Comments are left out, unless most lines would be.
    pub(super) fn new(text: &'t str, usual: &[u8], blanks: bool) -> Layout<'t> {
        let filled = || text.lines().map(str::trim_start).filter(|line| !line.is_empty());
        let lines = filled().count();
        let comments = blanks && 2 * filled().filter(|line| line.starts_with(COMMENT)).count() <= lines;
        let data: Vec<&str> =
            filled().filter(|line| !(comments && line.starts_with(COMMENT))).take(SAMPLE).collect();
        Layout { text, separator: separator(&data, usual, blanks), comments }
    }

    pub(super) fn records(&self) -> Records<'t> {
        Records { layout: *self, at: 0, line: 1 }
    }

    pub(super) fn separator(&self) -> Separator {
        self.separator
    }

    /// The fields of the last comment on top, which may name the columns.
    pub(super) fn comment_on_top(&self) -> Vec<String> {
        let lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty());
        let Some(last) = lines.take_while(|line| self.comments && line.starts_with(COMMENT)).last() else {
            return Vec::new();
        };
        let text = last.trim_start_matches(COMMENT).trim();
        let mut records = Layout { text, comments: false, ..*self }.records();
        let first = records.next_record().ok().flatten();
        first.map_or(Vec::new(), |record| record.fields.into_iter().map(Cow::into_owned).collect())
    }
}

/// The first of the usual separators that all lines have equally many of, else blanks if all lines have as many words, else the
/// most frequent one on the first line.
fn separator(lines: &[&str], usual: &[u8], blanks: bool) -> Separator {
    let first = lines.first().copied().unwrap_or_default();
    let even = |separator: &&u8| {
        let wanted = outside_quotes(first, **separator);
        wanted > 0 && lines.iter().all(|line| outside_quotes(line, **separator) == wanted)
    };
    let words = |line: &&str| line.split_whitespace().count();
    let even_words = blanks && words(&first) > 1 && lines.iter().all(|line| words(line) == words(&first));
    let frequent = usual.iter().rev().max_by_key(|&&byte| outside_quotes(first, byte));
    let frequent = frequent.filter(|&&byte| outside_quotes(first, byte) > 0);
    match usual.iter().find(even).or(if even_words { None } else { frequent }) {
        Some(&byte) => Separator::Byte(byte),
        None if blanks => Separator::Blanks,
        None => Separator::Byte(b','),
    }
}

fn outside_quotes(line: &str, wanted: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(byte == wanted && !quoted);
    }
    count
}

/// One record, and the line that it begins on, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'t> {
    pub(super) line: usize,
    /// As it stands there.
    pub(super) text: &'t str,
    pub(super) fields: Vec<Cow<'t, str>>,
}

/// The records one after the other.
pub(super) struct Records<'t> {
    layout: Layout<'t>,
    at: usize,
    line: usize,
}

impl<'t> Records<'t> {
    /// `None` at the end.
    ///
    /// # Errors
    /// If a quote is not closed.
    pub(super) fn next_record(&mut self) -> Result<Option<Record<'t>>> {
        self.skip_what_holds_nothing();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let (line, start) = (self.line, self.at);
        let mut fields = Vec::new();
        loop {
            fields.push(self.field()?);
            if !self.another() {
                break;
            }
        }
        let text = &self.layout.text[start..self.at];
        self.end_line();
        Ok(Some(Record { line, text, fields }))
    }

    fn rest(&self) -> &'t str {
        &self.layout.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.layout.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// Empty lines and comments.
    fn skip_what_holds_nothing(&mut self) {
        loop {
            let start = self.at;
            self.skip(|byte| byte == b' ' || byte == b'\t');
            let comment = self.layout.comments && self.rest().starts_with(COMMENT);
            if comment {
                self.skip(|byte| !ends_line(byte));
            }
            match self.peek() {
                None => return,
                Some(byte) if ends_line(byte) => self.end_line(),
                // A tab may stand before an empty field.
                Some(_) => {
                    self.at = start;
                    return;
                }
            }
        }
    }

    /// Past the end of the line, if this is one.
    fn end_line(&mut self) {
        let rest = self.rest().as_bytes();
        let length = if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) };
        self.at += length;
        self.line += usize::from(length > 0);
    }

    fn field(&mut self) -> Result<Cow<'t, str>> {
        let separator = self.layout.separator;
        self.skip(|byte| byte == b' ' || byte == b'\t' && separator == Separator::Blanks);
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let start = self.at;
        self.skip(|byte| !ends_line(byte) && !separates(separator, byte));
        Ok(Cow::Borrowed(self.layout.text[start..self.at].trim()))
    }

    /// A field in quotes, in which two stand for one.
    fn quoted(&mut self) -> Result<Cow<'t, str>> {
        let line = self.line;
        let mut text = String::new();
        self.at += 1;
        loop {
            let Some(length) = self.rest().find('"') else {
                bail!("line {line}: a quote is not closed: close it, or leave quotes out")
            };
            let part = &self.rest()[..length];
            text.push_str(part);
            self.line += part.matches('\n').count();
            self.at += length + 1;
            if self.peek() != Some(b'"') {
                break;
            }
            text.push('"');
            self.at += 1;
        }
        // What follows the quotes belongs to the field.
        let (start, separator) = (self.at, self.layout.separator);
        self.skip(|byte| !ends_line(byte) && !separates(separator, byte));
        text.push_str(self.layout.text[start..self.at].trim());
        Ok(Cow::Owned(text))
    }

    /// Whether the record goes on.
    fn another(&mut self) -> bool {
        match self.layout.separator {
            Separator::Byte(byte) => {
                let more = self.peek() == Some(byte);
                self.at += usize::from(more);
                more
            }
            Separator::Blanks => {
                self.skip(|byte| byte == b' ' || byte == b'\t');
                self.peek().is_some_and(|byte| !ends_line(byte))
            }
        }
    }
}

fn ends_line(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn separates(separator: Separator, byte: u8) -> bool {
    match separator {
        Separator::Byte(wanted) => byte == wanted,
        Separator::Blanks => byte == b' ' || byte == b'\t',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: [u8; 3] = *b";\t,";

    fn all(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut records = Layout::new(text, &USUAL, true).records();
        let mut all = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            all.push((record.line, record.fields.into_iter().map(Cow::into_owned).collect()));
        }
        all
    }

    fn fields(words: &str) -> Vec<String> {
        words.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn separators_are_found() {
        for (text, wanted) in [
            ("1,2\n3,4", "1|2"),
            ("1, 2\n3, 4", "1|2"),
            ("0,1;0,2\n0,3;0,4", "0,1|0,2"),
            ("0,1\t0,2\n0,3\t0,4", "0,1|0,2"),
            ("  1.0   2.0\n  3.0 -4.0", "1.0|2.0"),
            ("1 2\t3\n4 5\t6", "1 2|3"),
            ("\"a, b\";\"c\"\n1;2", "a, b|c"),
            ("1 2 \t3\n4 5 6", "1|2|3"),
            ("word", "word"),
        ] {
            assert_eq!(all(text)[0].1, fields(wanted), "{text}");
        }
    }

    #[test]
    fn records_know_their_lines() {
        let text = "# made by hand\r\n\r\na,b\r\n1,\"two\nlines\"\n\n% more\n3,\n";
        let wanted = [(3, "a|b"), (4, "1|two\nlines"), (8, "3|")];
        assert_eq!(all(text), wanted.map(|(line, words)| (line, fields(words))));
        assert_eq!(all("1\t\t3\n\t2\t\n")[1], (2, fields("|2|")));
        assert_eq!(
            all("\"say \"\"no\"\"\",2\r3,4").iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [1, 2]
        );
    }

    #[test]
    fn comments_are_left_out_unless_all_would_be() {
        assert_eq!(all("# x y\n1 2\n# between\n3 4\n").len(), 2);
        assert_eq!(all("#1,2\n#3,4\n5,6\n").len(), 3);
        assert_eq!(Layout::new("# made\n# x y\n1 2\n3 4\n5 6", &USUAL, true).comment_on_top(), fields("x|y"));
    }

    #[test]
    fn an_open_quote_is_told_with_its_line() {
        let mut records = Layout::new("1,2\n3,\"4\n5,6\n", &USUAL, true).records();
        records.next_record().unwrap();
        assert!(records.next_record().unwrap_err().to_string().starts_with("line 2: a quote"));
    }
}
