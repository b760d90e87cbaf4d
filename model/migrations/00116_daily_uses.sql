-- +goose Up
CREATE TABLE daily_uses (
    user_id BINARY(16) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    day CHAR(10) NOT NULL,
    used INT NOT NULL,
    PRIMARY KEY (user_id, kind, day)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
