//! Who sells what, and what the marketplace takes for it.

pub mod catalog;
pub mod fees;
pub mod prices;
pub mod sellers;
pub mod shipping;
pub mod subscription;
pub mod tax;
