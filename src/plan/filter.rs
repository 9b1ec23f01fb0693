//! The filter language: `tag(pstn) & !name(*slow*)`.
//!
//! | term | fits a case |
//! |---|---|
//! | `tag(x)`, `area(x)`, `lane(x)`, `mark(x)` | of that tag, area, lane, mark of evidence |
//! | `name(x)` | whose name `area::slug::version`, `area::slug`, slug or title is `x` |
//! | `version(x)`, `service(x)`, `target(x)` | of that api-version or service, or that may run there |
//! | `rule(x)`, `behaviour(x)`, `requires(x)`, `op(x)` | that names that rule, behaviour, feature or operation |
//! | a bare word | whose name or title has it in it |
//! | `a & b`, `a \| b`, `!a`, `(a)` | as in any language; `and`, `or`, `not` mean the same |
//!
//! In every `x` a `*` stands for any text; case does not matter.

use super::Case;
use super::glob::fits;
use crate::scenario::{Action, Step};

/// A filter, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Term);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Has(Field, String),
    Word(String),
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
}

/// What a term looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Tag,
    Area,
    Lane,
    Mark,
    Name,
    Version,
    Service,
    Target,
    Rule,
    Behaviour,
    Requires,
    Operation,
}

const FIELDS: [(&str, Field); 12] = [
    ("tag", Field::Tag),
    ("area", Field::Area),
    ("lane", Field::Lane),
    ("mark", Field::Mark),
    ("name", Field::Name),
    ("version", Field::Version),
    ("service", Field::Service),
    ("target", Field::Target),
    ("rule", Field::Rule),
    ("behaviour", Field::Behaviour),
    ("requires", Field::Requires),
    ("op", Field::Operation),
];

/// Parentheses nest less deep than this.
const DEEPEST: usize = 32;

/// A filter that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}\n  {text}\n  {:>width$}", "^", width = column + 1)]
pub struct FilterError {
    pub message: String,
    text: String,
    column: usize,
}

impl Filter {
    /// # Errors
    ///
    /// What is not understood, shown beneath the text.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut parser = Parser { text, at: 0, depth: 0 };
        let term = parser.any()?;
        if parser.peek().is_some() {
            return Err(parser.error("this is not understood here; join terms with `&` or `|`"));
        }
        Ok(Self(term))
    }

    pub fn fits(&self, case: &Case) -> bool {
        self.0.fits(case)
    }
}

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

impl Term {
    fn fits(&self, case: &Case) -> bool {
        match self {
            Self::Has(field, pattern) => has(*field, pattern, case),
            Self::Word(word) => has(Field::Name, &format!("*{word}*"), case),
            Self::All(terms) => terms.iter().all(|term| term.fits(case)),
            Self::Any(terms) => terms.iter().any(|term| term.fits(case)),
            Self::Not(term) => !term.fits(case),
        }
    }
}

fn has(field: Field, pattern: &str, case: &Case) -> bool {
    let scenario = &*case.scenario;
    let among = |words: &[String]| words.iter().any(|word| fits(pattern, word));
    match field {
        Field::Tag => among(&scenario.tags),
        Field::Area => fits(pattern, &scenario.area),
        Field::Lane => fits(pattern, scenario.lane.name()),
        Field::Mark => scenario.evidence.iter().any(|one| fits(pattern, one.mark.name())),
        Field::Name => {
            fits(pattern, &case.name())
                || fits(pattern, &format!("{}::{}", scenario.area, scenario.slug))
                || fits(pattern, &scenario.slug)
                || fits(pattern, &scenario.name)
        }
        Field::Version => fits(pattern, case.api_version.as_str()),
        Field::Service => fits(pattern, scenario.service.name()),
        Field::Target => scenario.targets.iter().any(|target| fits(pattern, target.name())),
        Field::Rule => among(&scenario.rules),
        Field::Behaviour => scenario.behaviours().iter().any(|id| fits(pattern, id)),
        Field::Requires => among(&scenario.requires),
        Field::Operation => calls(&scenario.steps, pattern),
    }
}

fn calls(steps: &[Step], pattern: &str) -> bool {
    steps.iter().any(|step| match &step.action {
        Action::Call(call) => fits(pattern, call.operation.name()),
        Action::Wait(wait) => calls(std::slice::from_ref(&*wait.step), pattern),
        Action::Group(steps) => calls(steps, pattern),
        Action::Use(used) => calls(&used.part.steps, pattern),
        Action::Request(_) | Action::Advance(_) => false,
    })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character that is no blank; stands before it afterwards.
    fn peek(&mut self) -> Option<char> {
        let blank = self.rest().len() - self.rest().trim_start().len();
        self.at += blank;
        self.rest().chars().next()
    }

    fn error(&self, message: impl Into<String>) -> FilterError {
        let before = self.text.get(..self.at).unwrap_or_default();
        let column = before.chars().count();
        FilterError { message: message.into(), text: self.text.to_owned(), column }
    }

    fn eat(&mut self, sign: char, word: &str) -> bool {
        match self.peek() {
            Some(next) if next == sign => self.at += sign.len_utf8(),
            Some(_) if self.is_word(word) => self.at += word.len(),
            _ => return false,
        }
        // `&&` and `||` are what most people write.
        if self.rest().starts_with(sign) && sign != '!' {
            self.at += sign.len_utf8();
        }
        true
    }

    fn is_word(&self, word: &str) -> bool {
        self.rest().strip_prefix(word).is_some_and(|after| {
            !word.is_empty() && after.starts_with(|next: char| next.is_whitespace() || next == '(')
        })
    }

    fn any(&mut self) -> Result<Term, FilterError> {
        let mut terms = vec![self.all()?];
        while self.eat('|', "or") {
            terms.push(self.all()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::Any(terms) })
    }

    fn all(&mut self) -> Result<Term, FilterError> {
        let mut terms = vec![self.one()?];
        while self.eat('&', "and") {
            terms.push(self.one()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::All(terms) })
    }

    fn one(&mut self) -> Result<Term, FilterError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(format!("filters nest {DEEPEST} deep at most")));
        }
        let term = if self.eat('!', "not") {
            Term::Not(Box::new(self.one()?))
        } else if self.peek() == Some('(') {
            self.at += 1;
            let inner = self.any()?;
            if self.peek() != Some(')') {
                return Err(self.error("expected `)`"));
            }
            self.at += 1;
            inner
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(term)
    }

    /// A bare word. `tag:x` is what many a tool calls `tag(x)`, and no name has it in it.
    fn word(&mut self, word: &str, start: usize) -> Result<Term, FilterError> {
        if let Some((name, pattern)) = word.split_once(':')
            && !pattern.starts_with(':')
            && FIELDS.iter().any(|(field, _)| *field == name)
        {
            self.at = start;
            return Err(self.error(format!("this is written `{name}({pattern})`")));
        }
        Ok(Term::Word(word.to_owned()))
    }

    fn term(&mut self) -> Result<Term, FilterError> {
        self.peek();
        let start = self.at;
        let ends = |next: char| next.is_whitespace() || "()&|!".contains(next);
        let length = self.rest().find(ends).unwrap_or(self.rest().len());
        let word = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        if word.is_empty() {
            return Err(self.error("a term is missing here, such as `tag(quickstart)`"));
        }
        if !self.rest().starts_with('(') {
            return self.word(word, start);
        }
        let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == word) else {
            self.at = start;
            let names = FIELDS.map(|(name, _)| name);
            let help = crate::scenario::closest(word, names).map_or_else(
                || format!("there are {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(self.error(format!("there is no term `{word}(…)`: {help}")));
        };
        self.at += 1;
        let Some(end) = self.rest().find(')') else { return Err(self.error("expected `)`")) };
        let pattern = self.rest().get(..end).unwrap_or_default().trim().trim_matches(['"', '\'']);
        if pattern.is_empty() {
            return Err(self.error(format!("`{word}(…)` needs something between the parentheses")));
        }
        self.at += end + 1;
        Ok(Term::Has(*field, pattern.to_owned()))
    }
}
