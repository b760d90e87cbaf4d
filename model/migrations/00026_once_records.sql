-- +goose Up
CREATE TABLE once_records (
    actor_id BINARY(16) NOT NULL,
    operation VARCHAR(64) NOT NULL,
    idempotency_key VARCHAR(64) NOT NULL,
    request_hash BINARY(32) NOT NULL,
    result MEDIUMBLOB NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (actor_id, operation, idempotency_key)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
