-- +goose Up
CREATE TABLE ledger_entries (
    id BINARY(16) NOT NULL PRIMARY KEY,
    transaction_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    position BIGINT NOT NULL,
    points BIGINT NOT NULL,
    balance_after BIGINT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
