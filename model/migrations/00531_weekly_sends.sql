-- +goose Up
CREATE TABLE weekly_sends (
    user_id BINARY(16) NOT NULL,
    week CHAR(10) NOT NULL,
    sent INT NOT NULL CHECK (sent >= 0),
    PRIMARY KEY (user_id, week)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
