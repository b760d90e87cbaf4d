-- +goose Up
CREATE TABLE appointments (
    id BINARY(16) NOT NULL PRIMARY KEY,
    role VARCHAR(32) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    name_sealed VARBINARY(255) NOT NULL,
    phone_sealed VARBINARY(255) NOT NULL,
    phone_hash BINARY(32),
    live_key BINARY(32),
    starts_on CHAR(10) NOT NULL,
    named_by BINARY(16) NOT NULL,
    grant_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    expires_at DATETIME/*!(3)*/ NOT NULL,
    ended_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
