-- +goose Up
CREATE TABLE covers (
    unit_id BINARY(16) NOT NULL,
    covered_id BINARY(16) NOT NULL,
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    PRIMARY KEY (unit_id, covered_id, valid_from)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
