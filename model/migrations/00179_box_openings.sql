-- +goose Up
CREATE TABLE box_openings (
    id BINARY(16) NOT NULL PRIMARY KEY,
    box_id BINARY(16) NOT NULL,
    branch_id BINARY(16) NOT NULL,
    estate_id BINARY(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    live BOOLEAN,
    slips INTEGER NOT NULL,
    opened_by BINARY(16) NOT NULL,
    confirmed_by BINARY(16),
    opened_at DATETIME/*!(3)*/ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT box_openings_once UNIQUE (box_id, live)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
