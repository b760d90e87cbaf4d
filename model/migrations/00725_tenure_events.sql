-- +goose Up
CREATE TABLE tenure_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    tenure_id BINARY(16) NOT NULL,
    seq INT NOT NULL,
    move VARCHAR(24) NOT NULL,
    from_status VARCHAR(24) NOT NULL,
    to_status VARCHAR(24) NOT NULL,
    actor_id BINARY(16),
    note VARCHAR(500) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
