-- +goose Up
CREATE TABLE duty_members (
    id BINARY(16) NOT NULL PRIMARY KEY,
    station_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    live BOOLEAN,
    added_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
