-- +goose Up
CREATE TABLE sign_up_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    sign_up_id BINARY(16) NOT NULL,
    activity_id BINARY(16) NOT NULL,
    from_state VARCHAR(16) NOT NULL,
    to_state VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
