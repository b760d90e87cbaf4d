-- +goose Up
CREATE TABLE audit_entries (
    id BINARY(16) NOT NULL PRIMARY KEY,
    actor_id BINARY(16),
    action VARCHAR(64) NOT NULL,
    object_kind VARCHAR(32) NOT NULL,
    object_id BINARY(16),
    unit_id BINARY(16),
    detail VARCHAR(500) NOT NULL,
    request_id VARCHAR(64) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
