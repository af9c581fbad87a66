//! Documentation follows with the code.
