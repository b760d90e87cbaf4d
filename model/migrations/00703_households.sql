-- +goose Up
CREATE TABLE households (
    id BINARY(16) NOT NULL PRIMARY KEY,
    estate_id BINARY(16) NOT NULL,
    building_id BINARY(16) NOT NULL,
    stairwell_id BINARY(16) NOT NULL,
    room VARCHAR(16) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    live BOOLEAN,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
