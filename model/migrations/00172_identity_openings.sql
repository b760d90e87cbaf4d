-- +goose Up
CREATE TABLE identity_openings (
    id BINARY(16) NOT NULL PRIMARY KEY,
    identity_id BINARY(16) NOT NULL,
    request_id BINARY(16) NOT NULL,
    branch_id BINARY(16) NOT NULL,
    ground VARCHAR(16) NOT NULL,
    document VARCHAR(100) NOT NULL,
    note VARCHAR(500) NOT NULL,
    status VARCHAR(16) NOT NULL,
    live BOOLEAN,
    asked_by BINARY(16) NOT NULL,
    decided_by BINARY(16),
    asked_at DATETIME/*!(3)*/ NOT NULL,
    expires_at DATETIME/*!(3)*/ NOT NULL,
    decided_at DATETIME/*!(3)*/,
    version INTEGER NOT NULL,
    CONSTRAINT identity_openings_once UNIQUE (request_id, live)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
