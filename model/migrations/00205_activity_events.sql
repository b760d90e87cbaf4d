-- +goose Up
CREATE TABLE activity_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    activity_id BINARY(16) NOT NULL,
    from_state VARCHAR(16) NOT NULL,
    to_state VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    note VARCHAR(200) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
