//! The throw-away server itself, so that a walk that fails is the shop's fault.

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::postgres::Server;

async fn run(database: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(database).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await
}

#[tokio::test]
async fn every_test_has_a_database_of_its_own() {
    let Some(server) = Server::get().await else { return };
    let (one, two) = (server.fresh_database().await, server.fresh_database().await);
    run(&one, "CREATE TABLE shelf (jar TEXT PRIMARY KEY)").await.unwrap();
    run(&one, "SELECT jar FROM shelf").await.unwrap();
    assert!(run(&two, "SELECT jar FROM shelf").await.is_err(), "a fresh database is empty");
    let copy = server.copy_database(&one).await;
    run(&copy, "SELECT jar FROM shelf").await.unwrap();
}
