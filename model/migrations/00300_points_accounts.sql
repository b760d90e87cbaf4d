-- +goose Up
CREATE TABLE points_accounts (
    id BINARY(16) NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    owner_id BINARY(16),
    unit_id BINARY(16),
    balance BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    CHECK (balance >= 0 OR kind = 'issuance')
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
