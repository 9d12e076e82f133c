//! What a request must look like, apart from who signed it: pure checks of parameters, walked row by
//! row against the guide's tables in the tests.

pub mod api;
pub mod cbui;
pub mod statement;
