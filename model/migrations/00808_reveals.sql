-- +goose Up
CREATE TABLE reveals (
    id BINARY(16) NOT NULL PRIMARY KEY,
    subject_id BINARY(16) NOT NULL,
    actor_id BINARY(16) NOT NULL,
    role VARCHAR(32) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    object_id BINARY(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
