//! One failing program: its marks, and the recording beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;

pub(crate) struct Case {
    /// Relative to the package.
    pub(crate) path: PathBuf,
    /// In the order of the source.
    pub(crate) marks: Vec<Mark>,
}

/// `// rule 3: `max_retries``.
pub(crate) struct Mark {
    pub(crate) rule: u32,
    pub(crate) tokens: String,
}

impl Case {
    /// Every case, by path.
    pub(crate) fn all() -> Vec<Self> {
        let mut paths: Vec<PathBuf> = ["fail", "fail-rustc"]
            .into_iter()
            .flat_map(|folder| {
                let folder = Path::new("tests").join(folder);
                fs::read_dir(&folder).expect("the folder of cases").map(|entry| entry.expect("a file").path())
            })
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect();
        paths.sort();
        paths.into_iter().map(Self::read).collect()
    }

    pub(crate) fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).expect("a case is readable");
        let mark = |line: &str| {
            let (rule, tokens) = line.split_once(": ")?;
            let tokens = tokens.strip_prefix('`')?.strip_suffix('`')?.to_owned();
            Some(Mark { rule: rule.parse().ok()?, tokens })
        };
        let lines = text.lines().map_while(|line| line.strip_prefix("// rule "));
        let marks = lines.map(|line| mark(line).unwrap_or_else(|| panic!("{}: {line}", path.display()))).collect();
        Self { path, marks }
    }

    /// Whether the program needs a name that the error made unknowable, which a comment says.
    pub(crate) fn lets_follow(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text.contains("// unknowable: "))
    }

    /// What is wrong with the errors of this case. Records them when that was asked for.
    pub(crate) fn judge(&self, errors: &[Diagnostic]) -> Vec<String> {
        let mut faults = Vec::new();
        let expected: Vec<&str> = self.marks.iter().map(|mark| mark.tokens.as_str()).collect();
        let underlined: Vec<&str> = errors.iter().map(|error| error.underlined.as_str()).collect();
        if expected != underlined {
            faults.push(format!("{}\n  marked     {expected:?}\n  underlined {underlined:?}", self.path.display()));
        }
        let said = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let recording = self.path.with_extension("stderr");
        if std::env::var_os("KARAFKA_BLESS").is_some() {
            fs::write(&recording, &said).expect("a recording can be written");
        } else if fs::read_to_string(&recording).unwrap_or_default() != said {
            faults.push(format!("{} differs from its recording:\n{said}", self.path.display()));
        }
        faults
    }
}
