-- +goose Up
CREATE TABLE push_slots (
    unit_id BINARY(16) NOT NULL,
    date CHAR(10) NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    decided_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (unit_id, date)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
