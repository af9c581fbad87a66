//! [`Structure`] to [`Model`]: the keys of `#[consumer(..)]`, and what goes together.

use quote::quote_spanned;

use super::ast::{Field, Fields, Structure};
use super::model::{Creation, Model, Value};
use crate::diagnostics::{Errors, Place, nearest, wording};
use crate::hygiene;
use crate::routes::{Argument, ArgumentName, Tokens};

const STRUCT_KEYS: [&str; 4] = ["payload", "codec", "new", "crate"];
const FIELD_KEYS: [&str; 1] = ["default"];

/// Checks a struct; `None` when nothing useful can be generated.
pub(crate) fn check(structure: &Structure, errors: &mut Errors) -> Option<Model> {
    if let Some((place, _)) = structure.generics {
        errors.report(place, wording::generics());
    }
    let keys = Keys::read(&structure.arguments, &STRUCT_KEYS, errors);
    let runtime = keys.parsed::<syn::Path>("crate", "::karafka_rt", errors).filter(|path| is_runtime(path, errors));
    let new = keys.parsed::<syn::ExprPath>("new", "Self::new", errors);
    let payload = keys.parsed::<syn::Type>("payload", "Order", errors);
    let codec = keys.parsed::<syn::Type>("codec", "Json", errors);
    let creation = creation(structure, new.as_ref(), errors);
    let Some(payload) = payload else {
        if keys.find("payload").is_none() {
            errors.report(&structure.name, wording::payload_missing());
        }
        return None;
    };
    let codec = match codec {
        Some(codec) => codec.stream(),
        None if ends_with_raw(&payload) => payload.stream(),
        // Points at the payload: that is what cannot be decoded.
        None => quote_spanned!(hygiene::at(payload.place.span())=> __karafka_private::Json),
    };
    Some(Model {
        runtime: hygiene::runtime(runtime.map(|path| path.stream()).as_ref()),
        name: structure.name.clone(),
        generics: structure.generics.as_ref().map(|(_, generics)| generics.clone()).unwrap_or_default(),
        payload: payload.stream(),
        codec,
        creation,
    })
}

/// Whether generated code can import from it.
fn is_runtime(path: &Tokens, errors: &mut Errors) -> bool {
    let importable = hygiene::is_runtime_path(&path.stream(), false);
    if !importable {
        errors.report(path.place, wording::consumer_value("crate", "::karafka_rt"));
    }
    importable
}

/// `Raw` is a payload and its own codec, however its path is written.
fn ends_with_raw(payload: &Tokens) -> bool {
    payload.trees.last().is_some_and(|token| token.to_string() == "Raw")
}

fn creation(structure: &Structure, new: Option<&Tokens>, errors: &mut Errors) -> Creation {
    let values = |fields: &[Field], errors: &mut Errors| -> Vec<Value> {
        fields.iter().map(|field| value(field, new, errors)).collect()
    };
    match (&structure.fields, new) {
        (Fields::Named(fields) | Fields::Unnamed(fields), Some(path)) => {
            let states = values(fields, errors).into_iter().filter_map(|value| match value {
                Value::State(kind) => Some(kind),
                _ => None,
            });
            Creation::Call { path: path.stream(), states: states.collect() }
        }
        (Fields::Unit, Some(path)) => Creation::Call { path: path.stream(), states: Vec::new() },
        (Fields::Unit, None) => Creation::Unit,
        (Fields::Unnamed(fields), None) => Creation::Unnamed(values(fields, errors)),
        (Fields::Named(fields), None) => {
            let values = values(fields, errors);
            Creation::Named(
                fields.iter().zip(values).filter_map(|(field, value)| Some((field.name.clone()?, value))).collect(),
            )
        }
    }
}

fn value(field: &Field, new: Option<&Tokens>, errors: &mut Errors) -> Value {
    let keys = Keys::read(&field.arguments, &FIELD_KEYS, errors);
    let default = keys.parsed::<syn::Expr>("default", "HashMap::new()", errors);
    if let (Some(_), Some(argument)) = (new, keys.find("default")) {
        errors.report(argument.name_place(), wording::default_beside_new());
    }
    match (field.state, default) {
        (Some(_), Some(default)) => {
            errors.report(default.place, wording::default_of_state());
            Value::State(field.kind.stream())
        }
        (Some(_), None) => Value::State(field.kind.stream()),
        (None, Some(default)) => Value::Expression(default.stream()),
        (None, None) => Value::Default { kind: field.kind.stream(), span: field.kind.place.span() },
    }
}

/// The arguments of `#[consumer(..)]` by key.
struct Keys<'a> {
    arguments: Vec<(String, &'a Argument)>,
}

impl<'a> Keys<'a> {
    fn read(arguments: &'a [Argument], legal: &[&'static str], errors: &mut Errors) -> Self {
        let mut read: Vec<(String, &Argument)> = Vec::new();
        for argument in arguments {
            let Some(ArgumentName::Word(word)) = &argument.name else {
                errors.report(argument.value.place, wording::consumer_key(legal));
                continue;
            };
            let key = word.to_string();
            if !legal.contains(&key.as_str()) {
                errors.report(word, wording::unknown_consumer_key(&key, nearest(&key, legal.iter().copied()), legal));
            } else if let Some((_, first)) = read.iter().find(|(known, _)| *known == key) {
                errors.report(first.name_place(), wording::argument_twice_first(&key, "consumer"));
                errors.report(word, wording::argument_twice_again(&key, "consumer"));
            } else {
                read.push((key, argument));
            }
        }
        Self { arguments: read }
    }

    fn find(&self, key: &str) -> Option<&'a Argument> {
        self.arguments.iter().find(|(known, _)| known == key).map(|(_, argument)| *argument)
    }

    /// The value of `key`, when it reads as `T`.
    fn parsed<T: syn::parse::Parse>(&self, key: &str, example: &str, errors: &mut Errors) -> Option<Tokens> {
        let value = &self.find(key)?.value;
        match syn::parse2::<T>(value.stream()) {
            Ok(_) => Some(value.clone()),
            Err(error) => {
                let place = Place::of_error(&error, &value.trees, value.place);
                errors.report(place, wording::consumer_value(key, example));
                None
            }
        }
    }
}
