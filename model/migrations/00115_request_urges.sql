-- +goose Up
CREATE TABLE request_urges (
    request_id BINARY(16) NOT NULL,
    day CHAR(10) NOT NULL,
    PRIMARY KEY (request_id, day)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
