//! Documentation follows with the code.

#[allow(dead_code, unused_imports, reason = "the composition root that uses all of it follows")]
mod lifecycle;
#[allow(dead_code, unused_imports, reason = "the composition root that uses all of it follows")]
mod os;
#[allow(dead_code, unused_imports, reason = "the composition root that uses all of it follows")]
mod vitals;
