-- +goose Up
CREATE TABLE box_opening_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    opening_id BINARY(16) NOT NULL,
    seq INTEGER NOT NULL,
    move VARCHAR(16) NOT NULL,
    from_status VARCHAR(16) NOT NULL,
    to_status VARCHAR(16) NOT NULL,
    actor_id BINARY(16),
    at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT box_opening_events_once UNIQUE (opening_id, seq)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
