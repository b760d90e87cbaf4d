-- +goose Up
CREATE TABLE service_items (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    unit_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    steps TEXT NOT NULL,
    documents TEXT NOT NULL,
    answers VARCHAR(64) NOT NULL,
    contact VARCHAR(200) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    live BOOLEAN,
    changed_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (id, version)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
