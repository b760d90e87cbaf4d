-- +goose Up
CREATE TABLE employment_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    employment_id BINARY(16) NOT NULL,
    from_status VARCHAR(16) NOT NULL,
    to_status VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    reason VARCHAR(200) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
