/// How many rows each of the files has that a job does not train on.
struct FileRows {
    let validation: Int
    let evaluation: Int
    let prompts: Int
}
