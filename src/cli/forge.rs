//! Where a project lies in its repository, for what forges read.

use std::path::Path;

/// The folders from the root of the repository to the project, each with `/` at its end; nothing when the project is
/// the root.
///
/// Forges know files by their path from the root of the repository, wherever the command was started. The root is
/// the nearest folder, from the project upwards, that holds `.git` (a folder, or a file in a worktree or a
/// submodule). Without one it is `current`, when the project lies below it, else the project itself.
pub(crate) fn project_in_repository(project: &Path, current: &Path) -> String {
    let absolute = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (project, current) = (absolute(project), absolute(current));
    let root = project
        .ancestors()
        .find(|folder| folder.join(".git").symlink_metadata().is_ok())
        .unwrap_or(&current);
    let below = project.strip_prefix(root).unwrap_or(Path::new(""));
    below.iter().flat_map(|folder| [folder.to_string_lossy(), "/".into()]).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn the_root_is_the_nearest_folder_with_git() {
        let folder = TempDir::new().unwrap();
        let root = folder.path();
        let project = root.join("entities/paris");
        std::fs::create_dir_all(&project).unwrap();
        std::fs::create_dir_all(root.join("other")).unwrap();
        // Without a repository: from where the command runs, when the project lies below.
        assert_eq!(project_in_repository(&project, root), "entities/paris/");
        assert_eq!(project_in_repository(&project, &root.join("entities")), "paris/");
        assert_eq!(project_in_repository(&project, &root.join("other")), "");
        // In one: from its root, from wherever the command runs.
        std::fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(project_in_repository(&project, &project), "entities/paris/");
        assert_eq!(project_in_repository(&project, &root.join("other")), "entities/paris/");
        assert_eq!(project_in_repository(root, &project), "");
        // A worktree or a submodule has a file there.
        std::fs::write(project.join(".git"), "gitdir: elsewhere").unwrap();
        assert_eq!(project_in_repository(&project, root), "");
    }
}
