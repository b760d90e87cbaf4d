-- +goose Up
CREATE TABLE duty_days (
    station_id BINARY(16) NOT NULL,
    date CHAR(10) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    decided_by BINARY(16),
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL,
    PRIMARY KEY (station_id, date)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
