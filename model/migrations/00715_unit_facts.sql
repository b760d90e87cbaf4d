-- +goose Up
CREATE TABLE unit_facts (
    unit_id BINARY(16) NOT NULL,
    field VARCHAR(16) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    value VARCHAR(128) NOT NULL,
    applied BOOLEAN NOT NULL,
    changed_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (unit_id, field, valid_from)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
