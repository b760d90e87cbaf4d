-- +goose Up
CREATE TABLE station_profiles (
    station_id BINARY(16) NOT NULL,
    version INT NOT NULL,
    area INT NOT NULL,
    rooms TEXT NOT NULL,
    hours TEXT NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    changed_by BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (station_id, version)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
