-- +goose Up
CREATE TABLE chain_heads (
    chain VARCHAR(16) NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash VARBINARY(64) NOT NULL,
    newest BINARY(16),
    owner BINARY(16),
    lease_until DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
