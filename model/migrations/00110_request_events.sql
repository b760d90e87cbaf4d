-- +goose Up
CREATE TABLE request_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    request_id BINARY(16) NOT NULL,
    seq INT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    from_status VARCHAR(16) NOT NULL,
    to_status VARCHAR(16) NOT NULL,
    level VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    party VARCHAR(16) NOT NULL,
    text VARCHAR(2000) NOT NULL,
    held BOOLEAN NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    rating INT NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
