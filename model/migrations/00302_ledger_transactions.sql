-- +goose Up
CREATE TABLE ledger_transactions (
    id BINARY(16) NOT NULL PRIMARY KEY,
    cause VARCHAR(32) NOT NULL,
    reference VARCHAR(160) NOT NULL,
    note VARCHAR(500) NOT NULL,
    actor_id BINARY(16),
    unit_id BINARY(16),
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
