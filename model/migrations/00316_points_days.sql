-- +goose Up
CREATE TABLE points_days (
    user_id BINARY(16) NOT NULL,
    day CHAR(10) NOT NULL,
    earned BIGINT NOT NULL,
    PRIMARY KEY (user_id, day)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
