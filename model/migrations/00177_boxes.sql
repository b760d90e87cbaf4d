-- +goose Up
CREATE TABLE boxes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    branch_id BINARY(16) NOT NULL,
    estate_id BINARY(16) NOT NULL,
    place VARCHAR(200) NOT NULL,
    rhythm_days INTEGER NOT NULL,
    due_on CHAR(10) NOT NULL,
    opened_at DATETIME/*!(3)*/,
    ended_at DATETIME/*!(3)*/,
    created_at DATETIME/*!(3)*/ NOT NULL,
    version INTEGER NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
