-- +goose Up
CREATE TABLE moderation_items (
    id BINARY(16) NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    object_id BINARY(16) NOT NULL,
    object_version INT NOT NULL,
    unit_id BINARY(16) NOT NULL,
    writer_id BINARY(16) NOT NULL,
    text TEXT NOT NULL,
    status VARCHAR(16) NOT NULL,
    reason VARCHAR(500) NOT NULL,
    held_at DATETIME/*!(3)*/ NOT NULL,
    decided_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
