-- +goose Up
CREATE TABLE sealed_identities (
    id BINARY(16) NOT NULL PRIMARY KEY,
    branch_id BINARY(16) NOT NULL,
    label VARCHAR(16) NOT NULL,
    person_sealed VARBINARY(255) NOT NULL,
    person_hash BINARY(32) NOT NULL,
    pair_key BINARY(32) NOT NULL,
    suspended_until DATETIME/*!(3)*/,
    created_at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT sealed_identities_once UNIQUE (pair_key)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
