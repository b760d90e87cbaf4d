-- +goose Up
CREATE TABLE unit_names (
    parent_id BINARY(16) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    PRIMARY KEY (parent_id, kind, name)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
