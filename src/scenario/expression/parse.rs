//! From text to expressions.

use std::ops::Range;

use chrono::TimeDelta;
use serde_json::Value;

use super::super::template::Piece;
use super::{Expression, Function, PathStep};
use crate::acs::time::parse_duration;

/// How deep calls may nest: far beyond what anybody writes, far below what a stack holds.
const DEEPEST: usize = 16;

/// What is wrong with an expression, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub help: Option<String>,
    /// Byte offset in the text that was parsed.
    pub offset: usize,
}

/// An expression within a text that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelt {
    pub message: String,
    pub help: Option<String>,
    /// Bytes of the text: from what is not understood to the end of its expression.
    pub range: Range<usize>,
}

/// Takes a text apart at its `${…}`; `$$` stands for one `$` before a brace.
///
/// # Errors
///
/// Every expression that does not parse, and one without an end.
pub fn pieces(text: &str) -> Result<Vec<Piece>, Vec<Misspelt>> {
    let mut pieces = Vec::new();
    let mut misspelt = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let offset = text.len() - rest.len() + start;
        let (before, from) = rest.split_at(start);
        let inside = &from[2..];
        if let Some(escaped) = before.strip_suffix('$') {
            plain.push_str(escaped);
            plain.push_str("${");
            rest = inside;
            continue;
        }
        plain.push_str(before);
        let Some(end) = closing_brace(inside) else {
            misspelt.push(Misspelt {
                message: "this expression has no closing brace".into(),
                help: Some("write `$${` for a plain `${`".into()),
                range: offset..text.len(),
            });
            return Err(misspelt);
        };
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        let begin = offset + 2;
        match parse(&inside[..end]) {
            Ok(expression) => pieces.push(Piece::Expression(expression)),
            Err(SyntaxError { message, help, offset }) => {
                // Nothing at all is marked with the brace that ends it.
                let last = (begin + end).max(begin + offset + 1);
                misspelt.push(Misspelt { message, help, range: begin + offset..last });
            }
        }
        rest = &inside[end + 1..];
    }
    if !misspelt.is_empty() {
        return Err(misspelt);
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Where the expression ends: the first brace outside quotes.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (None, '}') => return Some(index),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

/// Parses what stands between the braces.
///
/// # Errors
///
/// What is not understood, with its place.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let mut parser = Parser { text, position: 0, depth: 0 };
    let expression = parser.sum()?;
    parser.skip_space();
    if parser.position < text.len() {
        return Err(parser.error(format!("`{}` is not understood here", parser.rest())));
    }
    Ok(expression)
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError { message: message.into(), help: None, offset: self.position }
    }

    fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|character| !keep(character)).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length).unwrap_or_default()
    }

    fn eat(&mut self, character: char) -> bool {
        self.skip_space();
        let there = self.peek() == Some(character);
        if there {
            self.position += character.len_utf8();
        }
        there
    }

    /// `x`, `x + 4w`, `x - 1h + 5m`.
    fn sum(&mut self) -> Result<Expression, SyntaxError> {
        let mut expression = self.operand()?;
        loop {
            let forward = if self.eat('+') {
                true
            } else if self.eat('-') {
                false
            } else {
                return Ok(expression);
            };
            let by = self.duration()?;
            let by = if forward { by } else { -by };
            // Moves add up, so that a long row of them nests no deeper than one.
            expression = match expression {
                Expression::Shift { instant, by: before } => {
                    let by = before
                        .checked_add(&by)
                        .ok_or_else(|| self.error("these durations are too long together"))?;
                    Expression::Shift { instant, by }
                }
                other => Expression::Shift { instant: Box::new(other), by },
            };
        }
    }

    fn duration(&mut self) -> Result<TimeDelta, SyntaxError> {
        self.skip_space();
        let start = self.position;
        let word = self.take_while(|character| character.is_ascii_alphanumeric());
        parse_duration(word).and_then(|by| TimeDelta::from_std(by).ok()).ok_or_else(|| {
            SyntaxError {
                message: if word.is_empty() {
                    "a duration is missing here".to_owned()
                } else {
                    format!("`{word}` is no duration")
                },
                help: Some("durations are spelt `250ms`, `10s`, `1h30m`, `4w`".into()),
                offset: start,
            }
        })
    }

    fn operand(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_space();
        match self.peek() {
            None => Err(self.error("there is nothing to work out")),
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some(character) if character.is_ascii_digit() || character == '-' => self.number(),
            Some(character) if is_word(character) => self.word(),
            Some(character) => Err(self.error(format!("`{character}` is not understood here"))),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Expression, SyntaxError> {
        let start = self.position;
        self.position += quote.len_utf8();
        let text = self.take_while(|character| character != quote).to_owned();
        if self.eat(quote) {
            return Ok(Expression::Literal(Value::String(text)));
        }
        Err(SyntaxError { message: "this text has no end".into(), help: None, offset: start })
    }

    fn number(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position;
        let sign = if self.eat('-') { "-" } else { "" };
        let digits = self.take_while(|character| character.is_ascii_digit() || character == '.');
        let text = format!("{sign}{digits}");
        serde_json::from_str(&text).map(Expression::Literal).map_err(|_| SyntaxError {
            message: format!("`{text}` is no number"),
            help: None,
            offset: start,
        })
    }

    fn word(&mut self) -> Result<Expression, SyntaxError> {
        let start = self.position;
        let word = self.take_while(is_word);
        if self.peek() == Some('(') {
            return self.call(word, start);
        }
        match word {
            "now" => Ok(Expression::Now),
            "uuid" => Ok(Expression::Uuid),
            "api_version" => Ok(Expression::ApiVersion),
            "true" => Ok(Expression::Literal(Value::Bool(true))),
            "false" => Ok(Expression::Literal(Value::Bool(false))),
            "null" => Ok(Expression::Literal(Value::Null)),
            "env" => self.environment(),
            _ => Ok(Expression::Path { variable: word.to_owned(), steps: self.steps()? }),
        }
    }

    fn environment(&mut self) -> Result<Expression, SyntaxError> {
        let name = if self.eat('.') { self.take_while(is_word) } else { "" };
        if name.is_empty() {
            return Err(self.error("`env` needs the name of a variable, as in `env.HOME`"));
        }
        Ok(Expression::Environment(name.to_owned()))
    }

    fn call(&mut self, name: &str, start: usize) -> Result<Expression, SyntaxError> {
        let at = |message, help| SyntaxError { message, help, offset: start };
        let function = Function::from_name(name).ok_or_else(|| {
            let names = Function::ALL.map(Function::name);
            let help = super::super::suggest::closest(name, names)
                .map(|near| format!("did you mean `{near}`?"))
                .or_else(|| Some(format!("there are `{}`", names.join("`, `"))));
            at(format!("there is no function `{name}`"), help)
        })?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(at(format!("calls nest {DEEPEST} deep at most"), None));
        }
        let arguments = self.arguments()?;
        self.depth -= 1;
        if arguments.len() != function.arity() {
            let message = format!(
                "`{name}` takes {} argument(s), {} given",
                function.arity(),
                arguments.len()
            );
            return Err(at(message, None));
        }
        if let Some(message) = function.objects_to(&arguments) {
            return Err(at(message, None));
        }
        Ok(Expression::Call { function, arguments })
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, SyntaxError> {
        self.eat('(');
        let mut arguments = Vec::new();
        if self.eat(')') {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.sum()?);
            if self.eat(')') {
                return Ok(arguments);
            }
            if !self.eat(',') {
                return Err(self.error("expected `,` or `)`"));
            }
        }
    }

    fn steps(&mut self) -> Result<Vec<PathStep>, SyntaxError> {
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some('.') => {
                    self.position += 1;
                    let name = self.take_while(|character| is_word(character) || character == '-');
                    if name.is_empty() {
                        return Err(self.error("expected a member's name after the dot"));
                    }
                    steps.push(PathStep::Member(name.to_owned()));
                }
                Some('[') => steps.push(self.bracket()?),
                _ => return Ok(steps),
            }
        }
    }

    /// `[0]`, `[-1]`, `['any name']`.
    fn bracket(&mut self) -> Result<PathStep, SyntaxError> {
        self.position += 1;
        let start = self.position;
        let step = match self.operand()? {
            Expression::Literal(Value::String(name)) => PathStep::Member(name),
            Expression::Literal(Value::Number(number)) if number.is_i64() => {
                PathStep::Index(number.as_i64().unwrap_or_default())
            }
            _ => {
                return Err(SyntaxError {
                    message: "expected a whole number or a name in quotes".into(),
                    help: Some("as in `rooms[0]` or `headers['retry-after']`".into()),
                    offset: start,
                });
            }
        };
        if self.eat(']') { Ok(step) } else { Err(self.error("expected `]`")) }
    }
}

const fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
