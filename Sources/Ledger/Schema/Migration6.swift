extension Migration {
    /// What works on a job's attempt, as its executor finds it again, in place of a process's two numbers.
    static let executions = Migration(
        6, "6: executions",
        """
        ALTER TABLE jobs ADD COLUMN execution TEXT;
        UPDATE jobs SET execution = json_object(
            'executor', 'process',
            'process', json_object('pid', child_pid, 'startTicks', child_start, 'bootID', boot_id))
        WHERE child_pid IS NOT NULL AND child_start IS NOT NULL AND boot_id IS NOT NULL;
        ALTER TABLE jobs DROP COLUMN child_pid;
        ALTER TABLE jobs DROP COLUMN child_start;
        """)
}
