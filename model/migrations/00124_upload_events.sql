-- +goose Up
CREATE TABLE upload_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    upload_id BINARY(16) NOT NULL,
    from_status VARCHAR(16) NOT NULL,
    to_status VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
