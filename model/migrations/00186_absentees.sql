-- +goose Up
CREATE TABLE absentees (
    id BINARY(16) NOT NULL PRIMARY KEY,
    request_id BINARY(16) NOT NULL,
    source VARCHAR(16) NOT NULL,
    name_sealed VARBINARY(255) NOT NULL,
    phone_sealed VARBINARY(255) NOT NULL,
    phone_hash BINARY(32),
    code_hash BINARY(32) NOT NULL,
    consent_how VARCHAR(16) NOT NULL,
    consent_at DATETIME/*!(3)*/,
    heard_in VARCHAR(100) NOT NULL,
    entered_by BINARY(16) NOT NULL,
    claimed_by BINARY(16),
    claimed_at DATETIME/*!(3)*/,
    emptied_at DATETIME/*!(3)*/,
    created_at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT absentees_once UNIQUE (request_id)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
